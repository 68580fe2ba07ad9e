"""Job schedulers: what a run of a job is, and how Slurm, PBS and LSF write it; the adapters hold the formats."""
