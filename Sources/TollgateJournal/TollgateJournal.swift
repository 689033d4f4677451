// TollgateJournal: to be grown in its own files.
