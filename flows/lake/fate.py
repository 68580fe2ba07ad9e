"""What became of a usage record: the type reconciled.fate, and the macro that tells it of one.

Also asked where samples that name nobody are given to who held the card (`flows.occupancy.holding`).
"""

# Slurm's states of a job that is over (squeue(1), JOB STATE CODES), and Kubernetes' SUCCEEDED.
OVER = (
    *("COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL", "DEADLINE"),
    *("OUT_OF_MEMORY", "SUCCEEDED"),
)
FATE = f"""
    create type reconciled.fate as enum
        ('counted', 'running', 'zombie', 'open', 'never_started', 'reversed', 'zero', 'runaway');
    create macro reconciled.fate_of(state, start_s, end_s, export_s, idle_s, time_limit_seconds) as
        case
            when start_s is null or state = 'PENDING' then 'never_started'::reconciled.fate
            -- It was over before the export, and nobody knows when.
            when end_s is null and upper(state) in {OVER} then 'open'::reconciled.fate
            -- A scheduler needs a while to stop a job at its limit: 300 s are granted (Slurm OverTimeLimit, KillWait).
            -- The limit does not run while a job is suspended.
            when end_s is null and export_s > start_s + idle_s + time_limit_seconds + 300 then 'zombie'::reconciled.fate
            when end_s is null and export_s > start_s + 157680000 then 'zombie'::reconciled.fate
            when end_s is null and export_s > start_s then 'running'::reconciled.fate
            when end_s is null then 'open'::reconciled.fate
            when end_s < start_s then 'reversed'::reconciled.fate
            when end_s = start_s then 'zero'::reconciled.fate
            -- Five years: longer than any contract; counted days stay bounded whatever a file says.
            when end_s - start_s > 157680000 then 'runaway'::reconciled.fate
            else 'counted'::reconciled.fate
        end;
"""
