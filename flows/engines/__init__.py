"""Engines that need more than this process: several processes, a cluster."""
