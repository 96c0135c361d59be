package outcomes

import (
	"cmp"
	"context"
	"strings"
	"sync"

	"github.com/cbscript/cbscript/client/jobs"
)

// MaxJobs is how many jobs a [Ledger] keeps, so that a script cannot fill the memory of its host with them.
const MaxJobs = 1 << 18

// maxReason is how much of a reason is kept, in bytes.
const maxReason = 1 << 10

// Ledger keeps what is known of the jobs of a run. It is a [jobs.Store] that passes on to another one what that is to
// keep. It is safe for concurrent use.
type Ledger struct {
	store jobs.Store // nil for none

	mu      sync.Mutex
	records map[jobs.Key]jobs.Record // without values
}

var _ jobs.Store = (*Ledger)(nil)

// NewLedger makes a ledger before a store; nil means that nothing outlives the run.
func NewLedger(store jobs.Store) *Ledger {
	return &Ledger{store: store, records: map[jobs.Key]jobs.Record{}}
}

// A FullError says that a run has more jobs than are kept.
type FullError struct{}

// Error gives the number.
func (*FullError) Error() string { return "a run can have no more than 262144 jobs" }

// Load gives what the store knows.
func (l *Ledger) Load(ctx context.Context, k jobs.Key) (jobs.Record, bool, error) {
	if l.store == nil {
		return jobs.Record{}, false, nil
	}
	return l.store.Load(ctx, k)
}

// Save has the store keep a record, and keeps it for Records. It fails with a [*FullError], or as the store does.
func (l *Ledger) Save(ctx context.Context, r jobs.Record) error {
	if !l.note(r) {
		return &FullError{}
	}
	if l.store == nil {
		return nil
	}
	return l.store.Save(ctx, r)
}

// Ended keeps the record of a job that has come to its end, for Records alone: it is what a [jobs.Plan] calls.
func (l *Ledger) Ended(r jobs.Record) { l.note(r) }

// note keeps a record as a table needs it. It is false when there is no room.
func (l *Ledger) note(r jobs.Record) bool {
	r.Value = nil
	if r.Failure != nil {
		short := &jobs.Failure{Class: r.Failure.Class, Text: r.Failure.Text}
		if len(short.Text) > maxReason {
			short.Text = strings.ToValidUTF8(short.Text[:maxReason], "") + "..."
		}
		r.Failure = short
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.records[r.Key]; !known && len(l.records) >= MaxJobs {
		return false
	}
	l.records[r.Key] = r
	return true
}

// Records gives what is known of each job that the run had to do with, without values, sorted as [Sort] does.
func (l *Ledger) Records() []jobs.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]jobs.Record, 0, len(l.records))
	for _, r := range l.records {
		list = append(list, r)
	}
	Sort(list)
	return list
}

func compareKeys(a, b jobs.Key) int {
	return cmp.Or(cmp.Compare(a.Server, b.Server), cmp.Compare(a.Endpoint, b.Endpoint), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Occurrence, b.Occurrence))
}
