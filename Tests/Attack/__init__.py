# SPDX-License-Identifier: Apache-2.0
"""Attacks on the real service: what hostile and unlucky senders and scrapers can do to it over the network.

    make attack                                             builds a release and runs every attack, about 15 minutes
    PYTHONPATH=Tests python3 -B -m Attack --list            says what there is
    PYTHONPATH=Tests python3 -B -m Attack --only smuggling  runs one
    PYTHONPATH=Tests python3 -B -m Attack --short --binary .build/debug/llm-cost-exporter   the part of `make test`

Each attack starts a service of its own on ports that the system chooses, on the loopback address. Beside the attack a
prober scrapes without pause; in many, a well-behaved sender at another address posts small batches. After it

- the process lives,
- a batch of calls whose tokens and dollars are known moves the counters by exactly that,
- every scrape was answered within a second,
- resident memory stayed under the attack's bar,
- every span that was answered 200 is on the page, once,
- the other sender was always answered 200, with a 99th percentile under 250 ms,
- SIGTERM ends the process with the exit code 0.

An attack whose spans reach the journal of a ledger runs a second time on services with a new folder, under a name that
ends with `+folder`. Such a service may take 120 MiB more, and in the end it is killed: the next process must show the same
counters at once, and still know the batch when it is sent again. The family `ledger` has attacks on the folder itself, and
`questions` those on the questions about stored calls.

One line is printed for each attack: `pass`, `fail` or `skip`, the highest figures of its services, its duration; below
it what does not hold, or why the machine cannot run it. A skipped attack is never counted as passed. The exit code is
0 when none failed.

Bars on time are for a machine of two cores that does nothing else meanwhile.

The short form has smaller sizes and no bar on time, since it runs against a debug build on machines that do other
work; whether answers are right, whether the process lives and what it takes in memory is checked all the same.

Bodies are generated from a seed (`--seed`), with another one for each attack, so that `--only` repeats what a whole run
did. Only Python's standard library is used.

Where things are:

| file | has |
| --- | --- |
| `families/` | the attacks, one file for each kind; a new one is a function under `@attack` |
| `siege.py` | one service under attack, and everything that must hold afterwards |
| `field.py`, `catalogue.py`, `driver.py`, `__main__.py` | what an attack is given; list; run; command line |
| `service.py` | the process: its start under limits, its ports, what it takes |
| `disks/` | small and slow disks for folders |
| `known.py` | batches with known tokens and dollars |
| `helpers.py`, `prober.py`, `steady_sender.py` | processes that measure what others notice |
| `otlp.py`, `wire.py`, `exposition.py` | bodies, bare HTTP, and the page |
"""
