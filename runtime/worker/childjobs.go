package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/cbscript/cbscript/client/jobs"
)

// plan gives the plan of the run's jobs, nil for none.
func (c *child) plan(p *plan) *jobs.Plan {
	if p == nil {
		return nil
	}
	made := &jobs.Plan{Store: jobStore{c.link}, Run: p.Run, RetryFailed: p.RetryFailed, Until: p.Until, MaxEndpoints: p.MaxEndpoints,
		Rate: p.Rate, StopAfter: p.StopAfter, Ended: c.ended}
	if p.Counts {
		made.Changed = func(counts jobs.Counts) {
			_ = c.out.send(notice{Counts: &counts}) // a host that is gone shows nothing
		}
	}
	return made
}

// ended tells of a job that has come to its end. Its value stays here: it is the store that keeps it.
func (c *child) ended(r jobs.Record) {
	if r.Value != nil {
		r.Value = json.RawMessage("null")
	}
	if line, err := r.Encode(); err == nil { // a record that was kept can be told
		_ = c.out.send(notice{Ended: line})
	}
}

// jobStore keeps the records of jobs with the host.
type jobStore struct{ link *Link }

var _ jobs.Store = jobStore{}

// loadedJob is the answer to the wish for a record; nothing when there is none.
type loadedJob struct {
	Record json.RawMessage `json:"record,omitempty"`
}

// Load asks the host for a record.
func (s jobStore) Load(ctx context.Context, k jobs.Key) (jobs.Record, bool, error) {
	var answer loadedJob
	if err := s.link.call(ctx, http.MethodGet, "job", url.Values{"key": {k.String()}}, nil, &answer); err != nil || answer.Record == nil {
		return jobs.Record{}, false, err
	}
	r, err := jobs.ParseRecord(answer.Record)
	return r, err == nil, err
}

// Save has the host keep a record, also when the run is being ended.
func (s jobStore) Save(ctx context.Context, r jobs.Record) error {
	line, err := r.Encode()
	if err != nil {
		return err
	}
	var kept bool
	return s.link.call(context.WithoutCancel(ctx), http.MethodPost, "job", nil, bytes.NewReader(line), &kept)
}
