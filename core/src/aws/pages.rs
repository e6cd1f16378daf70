//! The pages of one listing.

use std::collections::BTreeSet;

use super::Error;

/// Which page of a listing to ask for next.
#[derive(Debug)]
pub(crate) struct Pages<'a> {
    action: &'static str,
    object: &'a str,
    next: Option<Option<String>>,
    seen: BTreeSet<String>,
}

impl<'a> Pages<'a> {
    /// Before the first page. `action` is a verb phrase that `object` completes, for errors.
    pub(crate) fn new(action: &'static str, object: &'a str) -> Self {
        Self { action, object, next: Some(None), seen: BTreeSet::new() }
    }

    /// The marker to ask with, which is `None` for the first page; nothing once every page was asked for.
    pub(crate) fn open(&mut self) -> Option<Option<String>> {
        self.next.take()
    }

    /// Goes on to the page that an answer points to, if it does.
    ///
    /// # Errors
    ///
    /// The page was read before: going on would go round for ever, and leaving off might leave something out.
    pub(crate) fn turn(&mut self, marker: Option<String>) -> Result<(), Error> {
        let Some(marker) = marker.filter(|marker| !marker.is_empty()) else { return Ok(()) };
        if !self.seen.insert(marker.clone()) {
            let reason = "it points back to a page that was already read".to_owned();
            return Err(Error::Answer { action: self.action, object: self.object.to_owned(), reason });
        }
        self.next = Some(Some(marker));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_asked_for_once() {
        let mut pages = Pages::new("list", "things");
        assert_eq!(pages.open(), Some(None));
        pages.turn(Some("2".to_owned())).unwrap();
        assert_eq!(pages.open(), Some(Some("2".to_owned())));
        pages.turn(Some(String::new())).unwrap();
        assert_eq!(pages.open(), None);
    }

    #[test]
    fn a_longer_way_round_is_noticed_too() {
        let mut pages = Pages::new("list", "things");
        pages.turn(Some("2".to_owned())).unwrap();
        pages.turn(Some("3".to_owned())).unwrap();
        let error = pages.turn(Some("2".to_owned())).unwrap_err().to_string();
        assert!(error.starts_with("list things: "), "{error}");
    }
}
