/// One part of a page: what to look for, then what there is to see.
struct PageSection {
    enum Block {
        case html(String)
        case panel(Panel)
    }

    /// In the page's address and in the names of what it draws.
    let id: String
    let title: String
    /// One or two plain sentences.
    var look: String
    var blocks: [Block] = []
    /// What is left out, and of how much.
    var notes: [String] = []
}
