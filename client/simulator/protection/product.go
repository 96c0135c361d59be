// Package protection is the API of Cb Protection over the simulator's story: computers and their files, rules, policies,
// publishers, analyses, events and the server's own data, as servers of version 7.2 and 8.0 answer them.
//
// The agent is on the workstations of the story: a computer's number is the one that its sensor of Cb Response tells. The
// files are the programs and libraries that were seen there; two of them are banned, as in the story.
//
// Nothing of this product was recorded from a server. Source: contract/protection.md and contract/query.md, section 5; the
// names of fields that these do not have are those of the vendor's public reference of the API.
package protection

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// DefaultVersion is the version of a server whose Options name none.
const DefaultVersion = "8.0.0.2562"

// base is where the API is.
const base = "/api/bit9platform/v1/"

// Options say which server is simulated.
type Options struct {
	Version string // "" means DefaultVersion
}

// Product is one simulated server. It is safe for concurrent use.
type Product struct {
	version string
	major   int
	story   *story.Story

	told   sync.Once // the tables are made when they are first needed: hashing all files takes a moment
	mu     sync.Mutex
	tables map[string]*table
	resets int // passwords that were given, so that each is another
}

// New makes a server that tells the given story.
func New(s *story.Story, o Options) (*Product, error) {
	if o.Version == "" {
		o.Version = DefaultVersion
	}
	first, _, _ := strings.Cut(o.Version, ".")
	major, err := strconv.Atoi(first)
	if err != nil || major < 7 || major > 8 {
		return nil, fmt.Errorf("simulating Cb Protection %q: want a version 7 or 8, such as %s", o.Version, DefaultVersion)
	}
	return &Product{version: o.Version, major: major, story: s}, nil
}

// Routes gives the server's API. Models that came with 8.0 are not there on an older server.
func (p *Product) Routes() []route.Route {
	var list []route.Route
	for _, m := range models() {
		if !m.since8 || p.major >= 8 {
			list = append(list, p.routes(m)...)
		}
	}
	return list
}

// table gives the rows of a model. It needs p.mu.
func (p *Product) table(name string) *table {
	p.told.Do(p.tell)
	return p.tables[name]
}

// now is the story's clock, which stands still.
func (p *Product) now() time.Time { return p.story.Now }

// tell derives all rows from the story.
func (p *Product) tell() {
	p.tables = make(map[string]*table)
	for _, m := range models() {
		p.tables[m.name] = newTable(m)
	}
	t := &teller{p: p, computers: make(map[*story.Endpoint]int), files: make(map[string]int)}
	t.people()
	t.policies()
	t.equipment()
	t.signers()
	t.catalog()
	t.instances()
	t.rules()
	t.requests()
	t.events()
	t.settings()
	for _, table := range p.tables {
		table.learn()
	}
}

// teller makes the rows from the story.
type teller struct {
	p            *Product
	computers    map[*story.Endpoint]int // their numbers
	files        map[string]int          // numbers in the catalog, by MD5
	publishers   map[string]int
	certificates map[string]int
}

// add appends a row to a table, and gives its number.
func (t *teller) add(table string, d doc) int { return t.p.tables[table].add(d) }

// at gives a time on a day of November 2016.
func at(day, hour, minute int) time.Time {
	return time.Date(2016, time.November, day, hour, minute, 0, 0, time.UTC)
}
