"""binwatch_local: the whole of binwatch on one machine, without an AWS account, Docker or root."""
