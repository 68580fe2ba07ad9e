"""Movement: command line, nightly flow, stages, engines, adapters, lake, evidence store, warehouse."""
