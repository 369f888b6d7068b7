"""How good the alerts are: records made wrong by the law of discrepancies, and every rule on the same ones."""
