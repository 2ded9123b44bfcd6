"""The machinery of the conformance suite: cases, the clients that drive a kernel, the runner and its scoreboard."""
