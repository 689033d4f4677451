// TollgateClient: to be grown in its own files.
