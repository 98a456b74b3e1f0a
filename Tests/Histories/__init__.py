# SPDX-License-Identifier: Apache-2.0
"""Generated histories of calls: every answer of the service against going over all of its calls.

    make histories                                         builds a release and checks 1,000 histories
    PYTHONPATH=Tests python3 -B -m Histories --seed 7      begins with another history
    PYTHONPATH=Tests python3 -B -m Histories --short --binary .build/debug/llm-cost-exporter   the part of `make test`

A history has some calls within hours, days or months, often around the moment at which summer time begins or ends somewhere. A
hundred of them are sent to one service with a folder, each from another part of the years since 2020, the second half of each
to another process than the first, whose settings may have a label and users that those of the first lacked. Then the service exports its calls. They must be those that were sent: times, tokens,
dimensions, and dollars as the command `price` says. From them, this program computes the answers to random questions in the
slowest and simplest way, and compares: costs by any keys with any filter, zone and length of periods, in all forms and page by
page; the dearest traces, sessions, calls and groups; totals, changes, values of dimensions, single traces, spans and sessions,
and exports, FOCUS files among them. A third process, which keeps no calls, has to answer from roll-ups, and one without a
folder from memory.

One line is printed for each service, with what its version does not have; below it what does not hold, with the request. All
random data come from a seed.

| file | has |
| --- | --- |
| `__main__.py`, `trial.py` | the command line; one service with its histories |
| `sent.py` | random calls as senders report them |
| `kept.py` | the calls that the service has, and whether they are those that were sent |
| `calendars.py` | periods of time zones, by Python's own zones |
| `sums.py` | what a group of calls comes to, and patterns of filters |
| `asking.py` | requests, random times and conditions |
| `checks/` | one file for each kind of question |

The process is that of `Tests/Attack`.
"""
