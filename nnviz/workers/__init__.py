"""Trainings in processes of their own, so that nobody's stroke waits for somebody's network.

`room` stands in the server: it keeps the trainings, deals out the processor's cores, and asks `nursery`, one process
beside the server that has the digits in memory, for a `worker` each. They talk in the messages of `talk`.
"""
