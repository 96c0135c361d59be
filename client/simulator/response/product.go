// Package response is the API of Cb Response over the simulator's story: searches, processes and their events,
// binaries, sensors and sensor groups, storage partitions, bans, watchlists, feeds and their reports, alerts, users and teams,
// investigations, ingress filters and the server's own data, as servers from 5.0 to 7.x
// answer them.
//
// Source: contract/response.md, contract/query.md and contract/events.md, part A, and the recorded bodies.
package response

import (
	"slices"
	"sync"

	"github.com/cbscript/cbscript/client/simulator/liveresponse"
	"github.com/cbscript/cbscript/client/simulator/route"
	"github.com/cbscript/cbscript/client/simulator/story"
)

// DemoUser and DemoPassword are the credentials that GET /api/auth accepts.
const (
	DemoUser     = "analyst"
	DemoPassword = "demo"
)

// Options say which server is simulated.
type Options struct {
	Version         string // "" means DefaultVersion
	Token           string // what GET /api/auth gives to a user who logs in
	Bulk            int    // number of generated processes
	LegacyPartition bool
	Fleet           int                  // number of further endpoints
	LiveResponse    liveresponse.Options // Endpoint is filled in
}

// Product is one simulated server. It is safe for concurrent use.
type Product struct {
	opts     Options
	version  version
	story    *story.Story
	index    *index
	binaries collection
	buffers  buffers

	mu         sync.Mutex // guards all that can be changed through the API
	partitions *partitions
	sensors    []*sensor // by id, which counts from 1
	groups     groups
	banned     map[string]*bannedDoc // by MD5 in lower case
	reports    []*plain
	alerts     []*plain // the newest first
	triaged    func()   // fills watchlists, alerts and taggedEvents, the first time it is called

	sites, throttles             *records
	watchlists, watchlistActions *records
	feeds, feedActions           *records
	users, teams                 *records
	investigations, taggedEvents *records
	filters, sharing             *records
	license                      string
	nonces                       uint64 // counts the challenges given by /api/auth

	live *liveresponse.Service
}

// New makes a server that tells the given story.
func New(s *story.Story, o Options) (*Product, error) {
	v, err := parseVersion(o.Version)
	if err != nil {
		return nil, err
	}
	p := &Product{
		opts: o, version: v, story: s, index: newIndex(s, v, o.Bulk), partitions: newPartitions(s.Now, o.LegacyPartition),
		license: defaultLicense,
	}
	for _, e := range s.Endpoints {
		p.sensors = append(p.sensors, newSensor(e))
	}
	p.addFleet(o.Fleet)
	o.LiveResponse.Endpoint = p.endpoint
	p.live = liveresponse.New(s, o.LiveResponse)
	p.groups = p.newGroups()
	p.binaries = newBinaries(p.index)
	p.banned = p.newBanned()
	p.sites, p.throttles, p.sharing = newSites(s), newThrottles(), newSharing()
	p.feeds, p.feedActions, p.reports = newFeeds(), newFeedActions(), newReports(s)
	p.teams, p.users = p.newTeams(), p.newUsers()
	p.filters = p.newIngressFilters()
	p.watchlists, p.watchlistActions = newRecords("id"), newWatchlistActions()
	p.investigations, p.taggedEvents = p.newInvestigations(), newRecords("id")
	p.triaged = sync.OnceFunc(p.triage)
	return p, nil
}

// Routes gives the server's API. A further model is one more list here.
func (p *Product) Routes() []route.Route {
	return slices.Concat(
		p.serverRoutes(),
		p.searchRoutes(),
		p.processRoutes(),
		p.binaryRoutes(),
		p.bannedRoutes(),
		p.partitionRoutes(),
		p.sensorRoutes(),
		p.groupRoutes(),
		p.siteRoutes(),
		p.afterTriage(p.watchlistRoutes()),
		p.feedRoutes(),
		p.reportRoutes(),
		p.afterTriage(p.alertRoutes()),
		p.userRoutes(),
		p.afterTriage(p.investigationRoutes()),
		p.ingressRoutes(),
		p.live.Routes(),
	)
}

// triage does what the story's analysts did with the help of the server: the watchlists that they made are run, and
// alerts are raised and put into investigations. It takes longer than all the rest of a server's start and few clients
// look at it, so that it waits for the first that does.
func (p *Product) triage() {
	watchlists := p.newWatchlists()
	alerts, events := p.newAlerts(watchlists), p.newTaggedEvents()
	p.mu.Lock()
	defer p.mu.Unlock()
	*p.watchlists, p.alerts, *p.taggedEvents = *watchlists, alerts, *events
}

// afterTriage gives routes that look at what triage makes.
func (p *Product) afterTriage(routes []route.Route) []route.Route {
	for i := range routes {
		handle := routes[i].Handle
		routes[i].Handle = func(c *route.Call) route.Reply {
			p.triaged()
			return handle(c)
		}
	}
	return routes
}
