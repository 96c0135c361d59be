package response

import (
	"crypto/md5"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// newAlerts makes the alerts that the story's watchlists and feeds have raised, the newest first: one for each process
// or binary that met an indicator of a report, and one for each process that a watchlist with an alert found.
func (p *Product) newAlerts(watchlists *records) []*plain {
	var all []*plain
	seen := make(map[string]bool)
	for _, r := range p.index.rows {
		for _, h := range r.hits {
			key := r.proc.id + h.Report.Feed + h.Report.ID
			if !seen[key] {
				seen[key] = true
				all = append(all, p.feedAlert(r, h))
			}
		}
	}
	for _, b := range p.story.Binaries {
		for _, r := range p.story.Reports {
			if slices.Contains(r.MD5s, b.MD5) {
				all = append(all, p.binaryAlert(b, r))
			}
		}
	}
	for _, id := range []string{"14", "222"} {
		all = append(all, p.watchlistAlerts(id, watchlists.docs[id])...)
	}
	slices.SortStableFunc(all, func(a, b *plain) int { return created(b).Compare(created(a)) })
	looked(all)
	return all
}

func created(d *plain) time.Time { t, _ := d.values["created_time"].(time.Time); return t }

// looked is what the analysts have done by now: of those about PsExec, which the administrators use as well, every
// second is a false positive, and the oldest of all is being looked at.
func looked(all []*plain) {
	for i, d := range all {
		if d.values["watchlist_name"] == "PsExec" && i%2 == 0 {
			d.set("status", "False Positive")
			d.set("assigned_to", "jcole")
			d.set("resolved_time", created(d).Add(40*time.Minute))
		}
	}
	if n := len(all); n > 0 {
		all[n-1].set("status", "In Progress")
		all[n-1].set("assigned_to", "analyst")
	}
}

// newAlert makes an alert that nobody has looked at. what tells it from all others.
func newAlert(what, kind string, at time.Time) *plain {
	sum := md5.Sum([]byte(what))
	d := &plain{}
	d.set("unique_id", fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:]))
	d.set("alert_type", kind)
	d.set("status", "Unresolved")
	d.set("created_time", at)
	d.set("resolved_time", time.Time{})
	d.set("assigned_to", nil)
	d.set("sensor_criticality", 3.0)
	return d
}

// scored says what was hit and how severe that is.
func (d *plain) scored(feedID int, feed string, rating float64, id, name string, score int) {
	d.set("feed_id", feedID)
	d.set("feed_name", feed)
	d.set("feed_rating", rating)
	d.set("watchlist_id", id)
	d.set("watchlist_name", name)
	d.set("report_score", score)
	d.set("ioc_confidence", 0.5)
	d.set("alert_severity", float64(score)*rating*3/9)
}

// indicator says which indicator was hit.
func (d *plain) indicator(typ, value string) {
	d.set("ioc_type", typ)
	d.set("ioc_value", value)
	d.set("ioc_attr", map[string]string{typ: value})
}

// ofProcess says which process it was.
func (d *plain) ofProcess(r *row, v version) {
	p := r.proc
	d.set("hostname", p.Endpoint.Name)
	d.set("sensor_id", p.Endpoint.ID)
	d.set("group", p.Endpoint.Group.Name)
	d.set("os_type", osType(p.Endpoint.Platform))
	d.set("username", p.User)
	d.set("process_id", p.id)
	d.set("segment_id", int(r.id))
	if v.cutsAlertSegments() {
		d.set("segment_id", int(r.id&0xffffffff))
	}
	d.set("process_name", p.Name)
	d.set("process_path", p.Path)
	if p.Binary != nil {
		d.set("md5", strings.ToUpper(p.Binary.MD5))
	}
}

func (p *Product) feedAlert(r *row, h story.Hit) *plain {
	d := newAlert("process "+r.proc.id+h.Report.Feed+h.Report.ID, "watchlist.hit.ingress.process", r.stored.Add(2*time.Second))
	d.scored(feedNumber(h.Report.Feed), h.Report.Feed, 3, h.Report.ID, h.Report.Title, h.Report.Score)
	d.indicator(h.Type, h.Value)
	d.ofProcess(r, p.version)
	return d
}

func (p *Product) binaryAlert(b *story.Binary, r *story.Report) *plain {
	at := b.FirstSeen
	if r.Time.After(at) {
		at = r.Time
	}
	d := newAlert("binary "+b.MD5+r.Feed+r.ID, "watchlist.hit.ingress.binary", at.Add(5*time.Second))
	d.scored(feedNumber(r.Feed), r.Feed, 3, r.ID, r.Title, r.Score)
	d.indicator("md5", b.MD5)
	d.set("md5", strings.ToUpper(b.MD5))
	d.set("observed_filename", notNil(b.Paths))
	d.set("os_type", osType(b.Platform))
	if len(b.Endpoints) > 0 {
		e := b.Endpoints[0]
		d.set("hostname", e.Name)
		d.set("sensor_id", e.ID)
		d.set("group", e.Group.Name)
	}
	return d
}

// watchlistAlerts are those of a watchlist of processes: one for each process that it finds.
func (p *Product) watchlistAlerts(id string, watchlist map[string]any) []*plain {
	m, err := compileStored(text(watchlist, "search_query"), p.index.schema, p.story.Now)
	if err != nil {
		panic("simulator: the search of " + text(watchlist, "name") + ": " + err.Error()) // a mistake in the source
	}
	var all []*plain
	seen := make(map[string]bool)
	e := m.Evaluator()
	for _, r := range p.index.rows {
		if seen[r.proc.id] || !e.Match(r) {
			continue
		}
		seen[r.proc.id] = true
		d := newAlert("watchlist "+id+r.proc.id, "watchlist.hit.query.process", r.stored.Add(4*time.Minute))
		d.scored(-1, "My Watchlists", 3, id, text(watchlist, "name"), 50)
		d.indicator("query", text(watchlist, "search_query"))
		d.ofProcess(r, p.version)
		all = append(all, d)
	}
	return all
}
