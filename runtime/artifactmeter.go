package runtime

import (
	"context"
	"io"
	"sync/atomic"
)

// ArtifactMeter counts the files that one run saves against its limits. It is safe for concurrent use.
type ArtifactMeter struct {
	limits Limits // as Filled gives them
	bytes  atomic.Int64
	files  atomic.Int64
}

// NewArtifactMeter makes a meter for a run. l are the limits that [Limits.Filled] gives.
func NewArtifactMeter(l Limits) *ArtifactMeter { return &ArtifactMeter{limits: l} }

// Save saves a file, and returns its size. One that is too large, together with those that were saved before and those
// that are being saved, is a [*LimitError], and so is one file too many: what takes the file sees its data break off. A
// file that is not saved does not count.
func (m *ArtifactMeter) Save(ctx context.Context, to Artifacts, name string, data io.Reader) (int64, error) {
	if n := m.files.Add(1); m.limits.Files > 0 && n > m.limits.Files {
		m.files.Add(-1)
		return 0, m.limits.exceeded(limitFiles)
	}
	counted := &metered{m: m, r: data}
	size, err := to.Save(ctx, name, counted)
	if counted.over {
		err = m.limits.exceeded(limitSaved)
	}
	if err != nil {
		m.files.Add(-1)
		m.bytes.Add(-counted.n)
		return 0, err
	}
	return size, nil
}

// metered is the data of one file. It breaks off at the limit.
type metered struct {
	m    *ArtifactMeter
	r    io.Reader
	n    int64
	over bool
}

func (r *metered) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.n += int64(n)
	if total := r.m.bytes.Add(int64(n)); r.m.limits.Artifacts > 0 && total > r.m.limits.Artifacts {
		r.over = true
		return 0, r.m.limits.exceeded(limitSaved)
	}
	return n, err
}
