package story

import "time"

// build tells the story.
func build() *Story {
	s := &Story{
		Now:       at("2016-11-11 21:30:00"),
		endpoints: make(map[int]*Endpoint),
		processes: make(map[GUID]*Process),
		binaries:  make(map[string]*Binary),
		unseen:    make(map[GUID]bool),
	}
	t := &teller{story: s, files: &catalog{binaries: make(map[string]*Binary)}, pids: make(map[*Endpoint]int)}
	t.company()
	hosts := make(map[string]*host, len(s.Endpoints))
	for _, e := range s.Endpoints {
		hosts[e.Name] = t.boot(e)
	}
	t.everyDay(hosts)
	t.devices(hosts)
	t.autoruns(hosts)
	t.hostile(hosts["WS-ENG-05"])
	t.intrusion(hosts)
	t.breakIn(hosts["LNX-WEB02"])
	t.trick(hosts["MAC-DES-02"])
	t.guideLife(hosts["WIN-IA9NQ1GN8OI"])
	t.intel()
	t.finish()
	return s
}

// everyDay lets all endpoints but the one of the guide do what they do every day.
func (t *teller) everyDay(hosts map[string]*host) {
	for _, e := range t.story.Endpoints {
		h := hosts[e.Name]
		switch {
		case e.Platform == Linux:
			t.liveLinux(h)
		case e.Platform == MacOS:
			t.liveMac(h)
		case e.Role == Workstation:
			t.live(h, desk(), 18)
		case e.Name != "WIN-IA9NQ1GN8OI":
			t.live(h, room(), 8)
		}
	}
}

// intrusion tells the main line of the story.
func (t *teller) intrusion(hosts map[string]*host) {
	entry := t.phish(hosts["WS-FIN-04"])
	t.lookAround(entry)
	t.scan(entry)
	t.steal(entry)
	onFiles, onSQL := t.spread(entry, hosts["SRV-FILE01"], hosts["SRV-SQL01"], hosts["DC01"])
	t.stage(onFiles)
	t.ban(hosts["WS-FIN-05"])
	for _, f := range []foothold{entry, onFiles, onSQL} {
		t.callHome(f.beacon)
	}
	guide := hosts["WIN-IA9NQ1GN8OI"]
	t.carryOut(guide, t.share(guide))
}

// host is an endpoint with the processes that others are started from.
type host struct {
	*Endpoint
	kernel, services, lsass, winlogon, explorer *Process
	svchost                                     *Process
	sensor                                      *Process
}

// day gives a time on a day of November 2016.
func day(d, hour, minute int) time.Time {
	return time.Date(2016, time.November, d, hour, minute, 0, 0, time.UTC)
}
