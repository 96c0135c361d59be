package main

import (
	"context"
	"strings"

	"github.com/cbscript/cbscript/client/jobs"
)

// demoStore keeps jobs on demo servers under a name that is the same in every run: each of these servers has another port.
type demoStore struct{ jobs.Store }

// Load gives the record of a job, as one of this run's server.
func (s demoStore) Load(ctx context.Context, k jobs.Key) (jobs.Record, bool, error) {
	r, found, err := s.Store.Load(ctx, demoKey(k))
	r.Key = k
	return r, found, err
}

// Save keeps a record.
func (s demoStore) Save(ctx context.Context, r jobs.Record) error {
	r.Key = demoKey(r.Key)
	return s.Store.Save(ctx, r)
}

// demoKey is a key with the product alone as its server: "response demo".
func demoKey(k jobs.Key) jobs.Key {
	product, _, _ := strings.Cut(k.Server, " ")
	k.Server = product + " demo"
	return k
}
