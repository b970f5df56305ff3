"""What every catalogue must hold."""
