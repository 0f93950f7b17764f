"""Runs on other machines: with `DIGITLAB_SCHEDULER` set, a Dask cluster carries them out.

Where a worker of the cluster takes up a run it starts the very same process as this machine would (`core.runs.worker`), in a
folder of its own; no folder is shared. The server asks it several times a second what is new, and keeps the run's folder as the
process writes it: pages, links and files are what they are for a run of this machine.

    address.py     which cluster, if any
    executor.py    runs to the cluster, all else to this machine
    connection.py  the client of its scheduler, and how many runs the cluster takes
    carried.py     the server's side of one run: delivers it, keeps its folder, begins it anew where a machine is lost
    task.py life.py mirror.py   where its task is; one life of it, on one machine; its folder here
    again.py       what was asked of it and still holds when a machine is lost
    guest.py       the other side, within a worker of the cluster
    parcels.py     files in parts, whole or not at all; what is said between the two
    supplies.py    digits that the other machine lacks
"""
