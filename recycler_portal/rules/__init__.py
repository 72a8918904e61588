"""What the law says of waste batteries, as data and checks."""
