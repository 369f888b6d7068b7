"""The only code that talks to AWS: one service per module, its errors translated at the edge."""
