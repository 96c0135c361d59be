package liveresponse

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// place is where the ledger's sessions are, as [client.Opening] has it.
func (l *Ledger) place() string { return strings.TrimRight(l.origin.String(), "/") + l.d.base }

// clear has what earlier runs left open closed, once, beginning with the first request to the server. A request about a session
// waits for it: else it would find no room on the server, or find that session and take it for another's.
func (l *Ledger) clear(ctx context.Context, wait bool) error {
	if l.kept == nil {
		return nil
	}
	l.looked.Do(func() {
		lasting := context.WithoutCancel(ctx)
		go func() {
			defer close(l.cleared)
			l.closeLeft(lasting)
		}()
	})
	if !wait {
		return nil
	}
	select {
	case <-l.cleared:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// closeLeft closes what earlier runs left open. What cannot be closed now is tried again at the end, which tells of it.
func (l *Ledger) closeLeft(ctx context.Context) {
	list, err := l.kept.Left(ctx, l.place())
	if err != nil {
		l.fail("finding what an earlier run left open", err)
	}
	var left []noted
	for _, o := range list {
		left = append(left, noted{Opening: o, ctx: ctx, earlier: true})
	}
	failed, _ := l.closeAll(left)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left = failed
}

// stillOpen reports whether the document of a session says that it is open, and with that endpoint. A server that was set up
// anew may have given its number to another.
func (d Dialect) stillOpen(doc map[string]any, endpoint int64) bool {
	if with, told := doc["sensor_id"]; told && endpoint != 0 && fmt.Sprint(with) != strconv.FormatInt(endpoint, 10) {
		return false
	}
	status, _ := doc["status"].(string)
	return strings.EqualFold(status, d.active) || strings.EqualFold(status, "pending")
}

// keep has a session closed by a later run, if this one does not come to it.
func (l *Ledger) keep(n noted) {
	if l.kept == nil {
		return
	}
	if err := l.kept.Opened(n.ctx, n.Opening); err != nil {
		l.fail("keeping that session "+idText(n.ID)+" of Live Response is open", err)
	}
}

// forget takes a session out of what a later run is to close.
func (l *Ledger) forget(n noted) {
	if l.kept == nil {
		return
	}
	if err := l.kept.Closed(n.ctx, n.Opening); err != nil {
		l.fail("keeping that session "+idText(n.ID)+" of Live Response is closed", err)
	}
}

// fail notes what the end is to tell. The session goes on: the jobs, which are in the same place, fail by themselves.
func (l *Ledger) fail(what string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil { // the others will have the same cause
		l.broken = fmt.Errorf("%s: %w", what, err)
	}
}
