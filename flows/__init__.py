"""Movement: command line, nightly flow, stages, engines, adapters, evidence store, warehouse."""
