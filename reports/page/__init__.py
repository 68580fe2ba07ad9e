"""Pages of HTML: overview, one a claim, and those beside them."""
