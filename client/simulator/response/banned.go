package response

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/cbscript/cbscript/client/simulator/route"
)

func (p *Product) bannedRoutes() []route.Route {
	const base = "/api/v1/banning/blacklist"
	return []route.Route{
		{Method: http.MethodGet, Path: base, Handle: p.listBanned},
		{Method: http.MethodPost, Path: base, Handle: p.ban},
		{Method: http.MethodGet, Path: base + "/{md5}", Handle: p.getBanned},
		{Method: http.MethodPut, Path: base + "/{md5}", Handle: p.changeBan},
		{Method: http.MethodDelete, Path: base + "/{md5}", Handle: p.liftBan},
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

// listedBans is how many banned hashes are listed unless the client asks for another count.
const listedBans = 500

// listBanned lists the banned hashes, those that are out of force as well, in the order of their banning.
func (p *Product) listBanned(c *route.Call) route.Reply {
	count := listedBans
	if asked := c.Form.Get("count"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 0 {
			return route.BadRequest("count is a number.")
		}
		count = n
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	docs := slices.SortedFunc(maps.Values(p.banned), func(a, b *bannedDoc) int {
		return cmp.Or(strings.Compare(a.Timestamp, b.Timestamp), strings.Compare(a.MD5, b.MD5))
	})
	return route.JSON(docs[:min(count, len(docs))])
}

// sentBan is what a client says about a ban.
type sentBan struct {
	MD5     string `json:"md5hash"`
	Text    string `json:"text"`
	Enabled *bool  `json:"enabled"`
}

// ban puts a hash on the list, or puts a ban that was lifted in force again. One that is in force is a conflict.
//
// Source: contract/response.md, section 9.
func (p *Product) ban(c *route.Call) route.Reply {
	var sent sentBan
	if err := json.Unmarshal(c.Body, &sent); err != nil {
		return route.BadRequest("The body is not a JSON object.")
	}
	md5 := strings.ToLower(sent.MD5)
	if raw, err := hex.DecodeString(md5); err != nil || len(raw) != 16 {
		return route.BadRequest("md5hash is not an MD5: " + strconv.Quote(sent.MD5) + ".")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.banned[md5]
	if old != nil && old.Enabled {
		return route.Text(http.StatusConflict, "The hash "+md5+" is banned already.")
	}
	doc := &bannedDoc{MD5: md5}
	if old != nil {
		*doc = *old
	}
	p.decide(doc, sent.Text, sent.Enabled == nil || *sent.Enabled)
	return route.Success()
}

// decide keeps a changed ban, with an entry in its history. It needs p.mu.
func (p *Product) decide(doc *bannedDoc, text string, enabled bool) {
	when := inServerZone(p.story.Now)
	doc.Text, doc.Enabled, doc.Username, doc.UserID, doc.Timestamp = text, enabled, DemoUser, 1, when
	doc.Audit = append(slices.Clip(doc.Audit), auditEntry{Username: DemoUser, UserID: 1, Timestamp: when, Text: text, Enabled: enabled})
	p.banned[doc.MD5] = doc
}

// changeBan changes the text of a ban, and whether it is in force.
func (p *Product) changeBan(c *route.Call) route.Reply {
	var sent sentBan
	if err := json.Unmarshal(c.Body, &sent); err != nil {
		return route.BadRequest("The body is not a JSON object.")
	}
	return p.amend(c, func(doc *bannedDoc) {
		p.decide(doc, sent.Text, sent.Enabled == nil && doc.Enabled || sent.Enabled != nil && *sent.Enabled)
	})
}

// liftBan takes a ban out of force. Its text is lost.
func (p *Product) liftBan(c *route.Call) route.Reply {
	return p.amend(c, func(doc *bannedDoc) { p.decide(doc, "", false) })
}

func (p *Product) amend(c *route.Call, change func(doc *bannedDoc)) route.Reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.banned[strings.ToLower(c.Var("md5"))]
	if old == nil {
		return route.MissingObject("The hash " + c.Var("md5") + " is not banned.")
	}
	doc := *old
	change(&doc)
	return route.Success()
}
