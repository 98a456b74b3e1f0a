# SPDX-License-Identifier: Apache-2.0
"""The whole service under load, and what it takes of the processor and the memory.

    make bench                                  every load, five rounds, about 7 minutes
    make bench BASELINE=/path/to/another/binary the same for both in turn, and the ratios, about 15 minutes
    make bench LOADS="lean-gzip labels" ROUNDS=9
    make bench ARGS=--list                      lists the loads

Each run of a load starts a service of its own on one core and a sender on another, which warms the service up. The figure of
most loads is the CPU time of all threads of the service from then until every call is counted, as the kernel's scheduler adds
it up: it hardly depends on the sender, as long as the service's core is busy. After the run the page must show exactly the
calls and tokens that were sent, and the service must have answered every body with 200.

The first run makes the bodies from fixed seeds, in `.build/benchmark-bodies` (3 GB), so that making them costs later runs
nothing, and two binaries get the same ones. No span repeats within a file.

Figures of two sittings do not compare, since other machines may share the processor. Ratios of the pairs in one sitting do:
both binaries run a load one right after the other. If the range of a ratio includes 1, no difference is shown.

Where things are:

| file | has |
| --- | --- |
| `catalogue.py` | the rows of the table; a new one is a line there |
| `loads.py` | the kinds of loads, and what each measures |
| `process.py`, `sender.py` | the two processes of a run |
| `rounds.py`, `figures.py`, `table.py`, `__main__.py` | repetition, statistics, output, command line |
| `bodies.py` | the files of bodies |
| `calls.py`, `traces.py`, `spans.py`, `encodings.py` | what is in them, and how it is written |

The process, the page and the wire are those of `Tests/Attack`.
"""
