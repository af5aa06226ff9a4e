"""What tests share: real servers in temporary folders."""
