"""What Pactwatch knows about languages and the web in general, whatever the alliance: TOML that anybody can read."""
