/// Lets PostgreSQL's own tools build the index of words: they have no search path, by which the text of a function finds
/// another one, so that `pg_restore` failed on it.
///
/// What follows `RETURN` is read when the function is made, and its result stays the same.
@Sendable
func restorableSearch(_ engine: Engine) -> [SQL] {
    guard engine == .postgres else { return [] }
    return [
        """
        CREATE OR REPLACE FUNCTION atrium_message_words(content text, places text[])
        RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT
        RETURN to_tsvector('english', translate(atrium_lower(content), '-./+~_@:&<;', '           '))
            || array_to_tsvector(places)
        """
    ]
}
