# SPDX-License-Identifier: Apache-2.0
"""What a folder costs: the same figures with a folder and without one, in one sitting, beside what they have to be.

    make bench-ledger                                   all figures, three rounds, 10 million calls on disk, about 10 minutes
    make bench-ledger ROUNDS=1 ARGS="--calls 300000"    a short form

- CPU of the real mix (one span in ten a call, gzip), and of bodies that are nothing but calls, until all calls are counted.
- How long a POST waits at 300 bodies of 64 spans a second.
- How long a start takes after a kill under load, with so many calls behind it.
- Bytes on disk for each call, and the peak of resident memory.

Each pair of runs follows one another, and they take turns at being the first. The service has one core and the sender another,
as in `make bench`; bodies, sender and process are those of that benchmark. A folder is a new one each time, in `.build`, so that
it is on the disk of the machine. Every run must count exactly what was sent.

| file | has |
| --- | --- |
| `figures.py` | the bars, and the table with the verdicts |
| `pairs.py` | loads with a folder and without |
| `recovery.py` | the start after a kill |
| `fresh.py`, `filler.py` | millions of bodies without making each, and what sends them |
"""
