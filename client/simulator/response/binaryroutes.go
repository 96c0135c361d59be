package response

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

func (p *Product) binaryRoutes() []route.Route {
	const base = "/api/v1/binary"
	return []route.Route{
		{Method: http.MethodGet, Path: base, Handle: p.searchBinaries},
		{Method: http.MethodPost, Path: base, Handle: postedSearch(p.searchBinaries)},
		{Method: http.MethodGet, Path: base + "/{md5}", Handle: p.binaryFile},
		{Method: http.MethodGet, Path: base + "/{md5}/summary", Handle: p.binarySummary},
		{Method: http.MethodGet, Path: base + "/{md5}/icon", Handle: p.binaryIcon},
		{Method: http.MethodGet, Path: "/api/v1/process/host/count", Handle: p.frequency},
	}
}

// newBinaries makes the collection of the story's binaries, and of that of the generated processes if there are any.
func newBinaries(x *index) collection {
	s, v := x.story, x.version

	c := collection{schema: binarySchema(), facets: []string{
		"digsig_result", "digsig_publisher", "company_name", "product_name", "file_version", "group", "hostname", "host_count",
		"observed_filename", "server_added_timestamp",
	}}
	layout := newPartitions(s.Now, false)
	all := s.Binaries
	if x.bulk.binary != nil {
		all = append([]*story.Binary{x.bulk.binary}, all...)
	}
	for i, b := range all {
		d := binaryDoc{Binary: b, number: i, version: v, partition: layout.list[0].id(), hits: s.Hits(b, &story.Events{})}
		if part := layout.at(b.FirstSeen); part != nil {
			d.partition = part.id()
		}
		c.docs = append(c.docs, d)
	}
	return c
}

func (p *Product) searchBinaries(c *route.Call) route.Reply { return p.search(p.binaries, c.Form) }

// namedBinary finds the binary of a call, whose MD5 may be in either case.
func (p *Product) namedBinary(c *route.Call) (binaryDoc, route.Reply, bool) {
	md5 := strings.ToLower(c.Var("md5"))
	for _, d := range p.binaries.docs {
		if b, ok := d.(binaryDoc); ok && b.MD5 == md5 {
			return b, route.Reply{}, true
		}
	}
	return binaryDoc{}, route.MissingObject("There is no binary " + c.Var("md5") + "."), false
}

func (p *Product) binarySummary(c *route.Call) route.Reply {
	b, refusal, ok := p.namedBinary(c)
	if !ok {
		return refusal
	}
	return route.Raw(b.appendSummary(nil))
}

func (p *Product) binaryIcon(c *route.Call) route.Reply {
	b, refusal, ok := p.namedBinary(c)
	if !ok {
		return refusal
	}
	icon := b.icon()
	if icon == nil {
		return route.MissingObject("The binary has no icon.")
	}
	return route.Bytes("image/png", icon)
}

// binaryFile answers a zip of the binary and what is known of its file.
//
// Source: contract/samples/binary_download_metadata.txt.
func (p *Product) binaryFile(c *route.Call) route.Reply {
	b, refusal, ok := p.namedBinary(c)
	if !ok {
		return refusal
	}
	if b.NoCopy {
		return route.MissingObject("The server has no copy of the file.")
	}
	path := b.Name
	if len(b.Paths) > 0 {
		path = b.Paths[0]
	}
	if b.Platform == story.Windows {
		path = `\Device\HarddiskVolume2` + strings.TrimPrefix(path, "c:")
	}
	metadata := fmt.Sprintf("%-30s : %s\r\n%-30s : %s\r\n",
		"Timestamp", b.FirstSeen.Format("01/02/2006 15:04:05"), "OrigFilename", path)
	body, err := zipped(file{"filedata", b.File()}, file{"metadata", []byte(metadata)})
	if err != nil {
		return route.Failure("cannot pack the binary: " + err.Error())
	}
	r := route.Bytes(route.TypeZip, body)
	r.Header = http.Header{"Content-Disposition": {`attachment; filename="` + strings.ToUpper(b.MD5) + `.zip"`}}
	return r
}

// frequency answers on how many endpoints and by how many processes a binary was loaded, and how many processes there
// are.
func (p *Product) frequency(c *route.Call) route.Reply {
	md5 := strings.ToLower(c.Form.Get("md5"))
	if c.Form.Get("name") != "md5" || md5 == "" {
		return route.BadRequest("Parameters name=md5 and md5 are needed.")
	}
	count := struct {
		Hosts   int `json:"hostCount"`
		Global  int `json:"globalCount"`
		NumDocs int `json:"numDocs"`
	}{NumDocs: len(p.index.processes) + p.opts.Bulk}
	if md5 == bulkMD5 {
		count.Global, count.Hosts = p.opts.Bulk, min(p.opts.Bulk, len(p.story.Endpoints))
	} else if b := p.story.Binary(md5); b != nil {
		hosts := make(map[int]bool)
		for _, proc := range p.index.processes {
			if slices.ContainsFunc(proc.Modloads, func(m story.Modload) bool { return m.Binary == b }) {
				count.Global++
				hosts[proc.Endpoint.ID] = true
			}
		}
		count.Hosts = len(hosts)
	}
	return route.JSON(count)
}
