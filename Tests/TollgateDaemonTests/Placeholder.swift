// Tests of the settings and of how the daemon ends.
