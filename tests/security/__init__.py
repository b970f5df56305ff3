"""What the whole site promises, with every shipped module on."""
