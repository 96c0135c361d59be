package jsondoc

import (
	"sync"
	"sync/atomic"
)

// Shapes shares the lists of member names among documents of one kind, so that each list exists once however many
// documents are read. Keep one for each kind of document. It holds a bounded number of lists (a few megabytes at the
// very most); documents outlive what it forgets.
//
// The zero Shapes is ready to use; it must not be copied after first use. It is safe for concurrent use. Where a function
// takes a *Shapes, nil is allowed and shares nothing beyond that call.
type Shapes struct {
	rows     atomic.Pointer[shape] // of the document read last
	envelope atomic.Pointer[shape] // of the object around the rows read last

	mu    sync.Mutex
	known map[string]*shape // by the names as they stand in the text, quotes included, one behind the other
	size  int               // bytes of the keys of known
}

const (
	maxShapes    = 1024
	maxShapeSize = 64 << 10 // a list whose names are longer than this together is not shared
	maxShapesAll = 4 << 20
)

// shape is the list of the member names of a document. It is read only once it is made.
type shape struct {
	joined string   // all the raw names, one behind the other
	raw    []string // each name as it stands in the text, with its quotes and escapes; parts of joined
	names  []string // each distinct name, unescaped, in the order of first appearance
	slots  []int    // for each of names the member that counts; nil when names and members agree one to one

	once  sync.Once
	index map[string]int // position in names; built when it is first needed
}

// newShape makes a shape of joined, in which the i-th name ends at ends[i].
func newShape(joined []byte, ends []int) *shape {
	s := &shape{joined: string(joined), raw: make([]string, len(ends)), names: make([]string, 0, len(ends))}
	start, at, repeated := 0, make(map[string]int, len(ends)), false
	slots := make([]int, 0, len(ends))
	for i, end := range ends {
		raw := s.joined[start:end]
		start = end
		s.raw[i] = raw
		name := unquoted(raw)
		if n, ok := at[name]; ok {
			slots[n], repeated = i, true
			continue
		}
		at[name] = len(s.names)
		s.names = append(s.names, name)
		slots = append(slots, i)
	}
	if repeated {
		s.slots = slots
	}
	return s
}

// unquoted is the name that a raw one stands for; it shares the raw one's memory when it can.
func unquoted(raw string) string {
	for i := range len(raw) {
		if raw[i] == '\\' {
			return unescape([]byte(raw))
		}
	}
	return raw[1 : len(raw)-1]
}

// find gives the member that a name stands for.
func (s *shape) find(name string) (slot int, ok bool) {
	if s == nil {
		return 0, false
	}
	s.once.Do(func() {
		s.index = make(map[string]int, len(s.names))
		for i, name := range s.names {
			s.index[name] = s.slot(i)
		}
	})
	slot, ok = s.index[name]
	return slot, ok
}

// slot gives the member that the i-th distinct name stands for.
func (s *shape) slot(i int) int {
	if s.slots == nil {
		return i
	}
	return s.slots[i]
}

// intern gives the shared shape with these names.
func (s *Shapes) intern(joined []byte, ends []int) *shape {
	if len(joined) > maxShapeSize {
		return newShape(joined, ends)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.known[string(joined)]; found != nil {
		return found
	}
	// Dropping everything keeps the lists of today; the alternative, refusing new ones, keeps those of the first minute.
	if s.known == nil || len(s.known) >= maxShapes || s.size+len(joined) > maxShapesAll {
		s.known, s.size = make(map[string]*shape), 0
	}
	made := newShape(joined, ends)
	s.known[made.joined] = made
	s.size += len(joined)
	return made
}
