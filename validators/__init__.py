"""Judgement: the gate and the rules. Is handed a connection, opens none."""
