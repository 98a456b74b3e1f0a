# SPDX-License-Identifier: Apache-2.0
"""A service with a folder in a storm: killed, with a failing disk, started from copies of its folder.

    make storm                                             builds a release and runs every trial, about 9 minutes
    PYTHONPATH=Tests python3 -B -m Storm --list            says what there is
    PYTHONPATH=Tests python3 -B -m Storm --only kills --kills 20
    PYTHONPATH=Tests python3 -B -m Storm --short --binary .build/debug/llm-cost-exporter   the part of `make test`

Senders repeat each body until it is answered 200, as exporters do. So what the counters have to be is known from what was sent,
however often the service ended: calls, tokens by class, dollars to the last digit, and the counts of histograms. In the trials
with kills, the page must also be that of a service which was never disturbed, line by line. All the time a watcher, and in
`kills` a real Prometheus, look whether any series goes down.

Bodies have single calls, calls that two instrumentations tell of (in one body or in two), agents with the sums of their calls
that come seconds later, and copies. One of the senders is an application with the real SDK and its exporter. Between two lives,
`billing.settle` has another length, the monotonic clock begins anew as after a reboot, or the wall clock is wrong.

A small library in C, compiled into `.build/storm` and preloaded into the service, lets the disk fail, stops the process between
two writes or within one, keeps a list of what was synced, and sets the wall clock, for timed waits too. Half of the copies lose what was not synced,
as in a power cut. Clocks that begin anew and small disks need the rights to make namespaces;
where these are missing, the trial says so and is skipped. A skipped trial is never counted as passed.

One line is printed for each trial: `pass`, `fail` or `skip`, its figures, its duration; below it what does not hold. Numbers
come from a seed (`--seed`), another one for each trial. The moment of a kill also depends on the machine.

Where things are:

| file | has |
| --- | --- |
| `catalogue.py`, `__main__.py` | the list of trials; the command line |
| `trials/kills.py` | kills at random moments |
| `trials/disks.py`, `trials/small_disk.py` | disks that fail, and one that is full |
| `trials/copies.py`, `trials/folders.py` | starts from copies of the folder, torn and newer ones; clocks |
| `trials/clock_steps.py` | a wall clock that is set while the service runs |
| `lives.py`, `clocks.py`, `interpose.py`, `interpose.c` | the service through all its lives, its clocks, its disk |
| `traffic.py`, `senders.py`, `sdk_sender.py`, `recordings.py` | bodies, and what sends them |
| `counters.py`, `prometheus.py` | what the counters have to be, and whether they ever go down |
| `rows.py` | whether the rows agree with each other and with the page |

The process, the page and the wire are those of `Tests/Attack`.
"""
