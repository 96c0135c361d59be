package response

import (
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client/simulator/route"
)

func (p *Product) bannedRoutes() []route.Route {
	const base = "/api/v1/banning/blacklist"
	return []route.Route{
		{Method: http.MethodGet, Path: base + "/{md5}", Handle: p.getBanned},
	}
}

// bannedDoc is a banned hash.
//
// Source: contract/fields/response/hash_blacklist.json.
type bannedDoc struct {
	MD5            string       `json:"md5hash"`
	Text           string       `json:"text"`
	Enabled        bool         `json:"enabled"`
	Username       string       `json:"username"`
	UserID         int          `json:"user_id"`
	Timestamp      string       `json:"timestamp"`
	BlockCount     int          `json:"block_count"`
	LastBlockTime  *string      `json:"last_block_time"`
	LastBlockHost  *string      `json:"last_block_hostname"`
	LastBlockAgent *int         `json:"last_block_sensor_id"`
	Audit          []auditEntry `json:"audit"`
}

type auditEntry struct {
	Username  string `json:"username"`
	UserID    int    `json:"user_id"`
	Timestamp string `json:"timestamp"`
	Text      string `json:"text"`
	Enabled   bool   `json:"enabled"`
}

// newBanned makes the documents of the hashes that are banned in the story, by MD5 in lower case.
func (p *Product) newBanned() map[string]*bannedDoc {
	all := make(map[string]*bannedDoc)
	for _, b := range p.story.Bans {
		when := inServerZone(b.Time)
		doc := &bannedDoc{
			MD5: b.MD5, Text: b.Text, Enabled: true, Username: b.By, UserID: 2, Timestamp: when,
			Audit: []auditEntry{{Username: b.By, UserID: 2, Timestamp: when, Text: b.Text, Enabled: true}},
		}
		for _, proc := range p.story.Processes {
			for _, block := range proc.Blocks {
				if block.Binary.MD5 == b.MD5 {
					doc.BlockCount++
					doc.LastBlockTime = new(inServerZone(block.Time))
					doc.LastBlockHost, doc.LastBlockAgent = &proc.Endpoint.Name, &proc.Endpoint.ID
				}
			}
		}
		all[b.MD5] = doc
	}
	return all
}

// getBanned answers one banned hash, in either case of letters.
func (p *Product) getBanned(c *route.Call) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc := p.banned[strings.ToLower(c.Var("md5"))]
	if doc == nil {
		return route.MissingObject("The hash " + c.Var("md5") + " is not banned.")
	}
	return route.JSON(doc)
}
