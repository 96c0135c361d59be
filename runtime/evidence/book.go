package evidence

import (
	"encoding/json"
	"sync"

	"github.com/cbscript/cbscript/client"
)

// Book remembers what a run received from endpoints, by its bytes. It is safe for concurrent use.
type Book struct {
	mu      sync.Mutex
	byBytes map[[32]byte]*received
	held    int // bytes of text of the receipts that no entry has yet
	lost    int // receipts that there was no room for
}

// received are the receipts of the same bytes.
type received struct {
	fresh   []client.Receipt // those that no entry has
	leftOut int
	line    int // of the last entry with these bytes
	size    int // of the text of fresh
}

// How much text of receipts is held until their files are saved: of one file's bytes, so that they have room in a line, and
// of all; and how many different files are known.
const (
	maxFresh = maxLine / 2
	maxHeld  = 256 << 20
	maxKnown = 1 << 20
)

// NewBook makes an empty book.
func NewBook() *Book { return &Book{byBytes: map[[32]byte]*received{}} }

// Note remembers a receipt.
func (b *Book) Note(r client.Receipt) {
	text, err := json.Marshal(r)
	if err != nil { // a receipt is texts, numbers and times of this age
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	of := b.byBytes[r.SHA256]
	if of == nil && len(b.byBytes) == maxKnown {
		b.lost++
		return
	}
	if of == nil {
		of = &received{}
		b.byBytes[r.SHA256] = of
	}
	if of.size+len(text) > maxFresh || b.held+len(text) > maxHeld {
		of.leftOut++
		return
	}
	of.fresh = append(of.fresh, r)
	of.size += len(text)
	b.held += len(text)
}

// fill gives an entry the sources of its bytes.
func (b *Book) fill(e *Entry, sum [32]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.byBytes[sum]
	if r == nil {
		e.SourcesLeftOut = b.lost // it may be one of them
		return
	}
	e.Sources, e.SourcesLeftOut, e.SameBytesAs = r.fresh, r.leftOut, r.line
	b.held -= r.size
	*r = received{line: e.N}
}
