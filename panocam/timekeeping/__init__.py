"""What sets the camera's clock: NTP servers, a person, or nobody."""
