"""What can go wrong, as one tree."""


class PactwatchError(Exception):
    """Anything Pactwatch raises on purpose; its message says what is wrong and how to mend it."""


class RecordError(PactwatchError):
    """This record can never succeed, however often it is tried: it belongs in the dead letters."""


class ProfileError(PactwatchError):
    """A watch profile's files contradict themselves or the profile's form; names file and entry."""


class SettingsError(PactwatchError):
    """A setting is unknown, malformed or contradicts another; names the setting."""


class BrokerError(PactwatchError):
    """Kafka cannot be started or does not answer; says how to mend it."""


class WatchError(PactwatchError):
    """A subscriber's watch cannot be read, or asks for what cannot be; names the watch."""
