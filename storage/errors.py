"""What can go wrong with a database, told apart so that a person can be told what to do."""


class StorageError(Exception):
    """The database could not do it; nothing was half-written."""


class StorageBusy(StorageError):
    """Another process holds the database for longer than we wait (5 seconds)."""


class StorageFull(StorageError):
    """The disk is full, or refuses to be written."""


class StorageNewer(StorageError):
    """The database was made by a newer version of Coalface."""


class NotADatabase(StorageError):
    """The file is no Coalface database, or is damaged."""
