package worker

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/cbscript/cbscript/client/jobs"
)

// plan describes what holds for the jobs of the run, nil for nothing.
func (h *host) plan() *plan {
	p := h.a.Jobs
	if p == nil {
		return nil
	}
	return &plan{Run: p.Run, RetryFailed: p.RetryFailed, Until: p.Until, MaxEndpoints: p.MaxEndpoints, Rate: p.Rate, StopAfter: p.StopAfter, Counts: p.Changed != nil}
}

// jobStore gives where records of jobs are kept.
func (h *host) jobStore() (jobs.Store, error) {
	if h.a.Jobs == nil || h.a.Jobs.Store == nil {
		return nil, &FrameError{"a job, which are not kept"}
	}
	return h.a.Jobs.Store, nil
}

// loadJob gives the record of a job.
func (h *host) loadJob(_ http.ResponseWriter, r *http.Request) (any, error) {
	store, err := h.jobStore()
	if err != nil {
		return nil, err
	}
	key, err := jobs.ParseKey(r.URL.Query().Get("key"))
	if err == nil {
		err = h.checkKey(key)
	}
	if err != nil {
		return nil, err
	}
	record, known, err := store.Load(r.Context(), key)
	if err != nil || !known {
		return loadedJob{}, err
	}
	line, err := record.Encode()
	return loadedJob{line}, err
}

// saveJob keeps the record of a job. What has arrived is kept also when the worker has ended meanwhile.
func (h *host) saveJob(_ http.ResponseWriter, r *http.Request) (any, error) {
	store, err := h.jobStore()
	if err != nil {
		return nil, err
	}
	line, err := io.ReadAll(io.LimitReader(r.Body, jobs.MaxRecord+1))
	if err != nil {
		return nil, err
	}
	record, err := h.jobRecord(line)
	if err != nil {
		return nil, err
	}
	return true, store.Save(context.WithoutCancel(r.Context()), record)
}

// jobRecord reads a record as a worker may give it: of this run or an earlier one, and of an endpoint that it can reach.
func (h *host) jobRecord(line []byte) (jobs.Record, error) {
	r, err := jobs.ParseRecord(line)
	if err != nil {
		return r, err
	}
	if most := max(h.a.Jobs.Run, 1); r.Run > most {
		return r, &FrameError{fmt.Sprintf("a job of run %d in run %d", r.Run, most)}
	}
	return r, h.checkKey(r.Key)
}

// checkKey refuses jobs on a server that was not opened.
func (h *host) checkKey(k jobs.Key) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, at := range h.servers {
		if k.Server == at.name {
			return nil
		}
	}
	return &FrameError{"a job on a server that was not opened"}
}

// counts passes on how many jobs are in which state.
func (h *host) counts(c jobs.Counts) error {
	if h.a.Jobs == nil || h.a.Jobs.Changed == nil {
		return nil
	}
	for _, n := range []int{c.Waiting, c.Offline, c.Running, c.Done, c.Failed, c.Cancelled, c.NotRun} {
		if n < 0 || n > mostJobs {
			return &FrameError{fmt.Sprintf("a count of %d jobs", n)}
		}
	}
	h.a.Jobs.Changed(c)
	return nil
}

// mostJobs is more than any script has.
const mostJobs = 1 << 30

// ended passes on that a job has come to its end.
func (h *host) ended(line []byte) error {
	if h.a.Jobs == nil || h.a.Jobs.Ended == nil {
		return nil
	}
	r, err := h.jobRecord(line)
	if err != nil {
		return err
	}
	h.a.Jobs.Ended(r)
	return nil
}
