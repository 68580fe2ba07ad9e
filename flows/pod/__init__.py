"""Kubernetes pods: what one held, of which cards, for how long."""
