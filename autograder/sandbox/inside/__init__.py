"""What runs beside a submission, in the sandbox: all of it is mounted there, and none of it knows an expected value."""
