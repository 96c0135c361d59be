package response

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/search"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// threatIntel lists the indicators of threat intelligence that a process met.
func (p *Product) threatIntel(c *route.Call) route.Reply {
	r, refusal := p.named(c)
	if r == nil {
		return refusal
	}
	type hit struct {
		Feed   string   `json:"feed_name"`
		Report string   `json:"report_id"`
		Title  string   `json:"title"`
		Link   string   `json:"link"`
		Score  int      `json:"score"`
		Type   string   `json:"ioc_type"`
		Value  string   `json:"ioc_value"`
		Tags   []string `json:"tags"`
	}
	hits := []hit{}
	for _, h := range r.hits {
		hits = append(hits, hit{h.Report.Feed, h.Report.ID, h.Report.Title, h.Report.Link, h.Report.Score, h.Type, h.Value, h.Report.Tags})
	}
	return route.JSON(map[string]any{"process_id": r.proc.id, "segment_id": r.id, "hits": hits, "elapsed": p.elapsed(len(hits))})
}

// processPreview answers a process with those of its events that the query q asks for, as the console shows it beside
// the results of a search. Without q it shows none.
func (p *Product) processPreview(c *route.Call) route.Reply {
	r, refusal := p.named(c)
	if r == nil {
		return refusal
	}
	q, err := search.Parse(c.Form.Get("q"))
	if err != nil {
		return refuse(err)
	}
	asked, err := search.Mentions(q, p.index.schema, p.story.Now)
	if err != nil {
		return refuse(err)
	}
	shown := &row{proc: r.proc, events: previewed(r.events, func(field, value string) bool {
		return asked(field, strings.ToLower(value))
	})}
	doc := p.index.render(nil, r, false)
	o := object{doc[:len(doc)-1]}
	p.index.events(&o, shown, p.version.eventRoutes())
	return route.Raw(o.close())
}

// previewed picks the events of which a value is asked for.
func previewed(e *story.Events, asked func(field, value string) bool) *story.Events {
	picked := &story.Events{}
	for _, m := range e.Modloads {
		if asked("modload", m.Path) || asked("md5", m.Binary.MD5) {
			picked.Modloads = append(picked.Modloads, m)
		}
	}
	for _, f := range e.Filemods {
		if asked("filemod", f.Path) || asked("filewrite_md5", f.MD5) {
			picked.Filemods = append(picked.Filemods, f)
		}
	}
	for _, g := range e.Regmods {
		if asked("regmod", g.Path) {
			picked.Regmods = append(picked.Regmods, g)
		}
	}
	for _, n := range e.Netconns {
		if asked("domain", n.Domain) || asked("ipaddr", n.Remote.Addr().String()) {
			picked.Netconns = append(picked.Netconns, n)
		}
	}
	for _, k := range e.Childprocs {
		if asked("childproc_name", k.Process.Name) {
			picked.Childprocs = append(picked.Childprocs, k)
		}
	}
	for _, x := range e.Crossprocs {
		if asked("crossproc_name", x.Other.Path) {
			picked.Crossprocs = append(picked.Crossprocs, x)
		}
	}
	return picked
}

// processReport packs what is known about a process for somebody else: its page, its events and a summary to read.
func (p *Product) processReport(c *route.Call) route.Reply {
	r, refusal := p.named(c)
	if r == nil {
		return refusal
	}
	doc := p.index.render(nil, r, true)
	o := object{doc[:len(doc)-1]}
	p.index.events(&o, r, p.version.eventRoutes())
	text := fmt.Sprintf("Process %s\r\nSegment %d\r\nHost %s\r\nUser %s\r\nPath %s\r\nCommand line %s\r\nStarted %s\r\n",
		r.proc.id, r.id, r.proc.Endpoint.Name, r.proc.User, r.proc.Path, r.proc.Cmdline, r.proc.Start.Format(indexTime))
	body, err := zipped(file{"summary.txt", []byte(text)}, file{"process.json", o.close()})
	if err != nil {
		return route.Failure("cannot pack the report: " + err.Error())
	}
	reply := route.Bytes(route.TypeZip, body)
	reply.Header = http.Header{"Content-Disposition": {`attachment; filename="` + r.proc.id + `.zip"`}}
	return reply
}
