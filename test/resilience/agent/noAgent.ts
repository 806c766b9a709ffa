/* An agent that always dies at once: the edge is on its own. */
process.exit(1);
