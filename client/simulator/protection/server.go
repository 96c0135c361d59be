package protection

import (
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// settings makes what the server tells of itself.
func (t *teller) settings() {
	for _, s := range []struct{ name, value string }{
		{"ParityServerVersion", t.p.version},
		{"ServerName", "protection.brightwater.example"},
		{"ServerAddress", "10.20.3.28"},
		{"ConsoleTimeoutMinutes", "30"},
		{"CarbonBlackServerUrl", "https://cb.brightwater.example"},
		{"CDCInstanceMinutes", "60"},
	} {
		t.add("serverConfig", doc{"name": s.name, "value": s.value, "dateModified": at(1, 6, 0), "modifiedBy": "admin"})
	}
	for hour := range 24 {
		t.add("serverPerformance", doc{
			"dateCreated": t.p.now().Truncate(time.Hour).Add(-time.Duration(23-hour) * time.Hour), "connectedAgents": 28 - hour%3, "agentFileBacklog": 40 * (hour % 7),
			"agentProcessingRate": 90000 + 500*hour, "serverFileBacklog": 10 * (hour % 5), "serverProcessingRate": 120000, "serverFiles": len(t.p.tables["fileInstance"].docs),
			"diskDataRead": 1 << 20, "diskDataWrite": 1 << 19, "diskDataIOPS": 120.5, "diskIndexRead": 1 << 18, "diskIndexWrite": 1 << 17, "diskIndexIOPS": 60.25,
			"diskLogWrite": 1 << 16, "diskLogIOPS": 30.5, "avgDiskDataReadStallMs": 1.25, "avgDiskDataWriteStallMs": 0.75, "avgDiskIndexWriteStallMs": 0.5,
			"avgDiskLogWriteStallMs": 0.25, "sqlLatencyMs": 0.5, "sqlInsertLatencyMs": 1.5, "sqlMemoryPressure": 41.5,
		})
	}
	for i, name := range []string{"Block unapproved file", "Block banned file"} {
		t.add("notifier", doc{"name": name, "title": "Cb Protection", "messageText": "The file was blocked: <FileName>", "url": "", "logoUrl": "", "showLogo": true,
			"fgImageLocation": "", "bgImageLocation": "", "timeout": 60, "flags": 1 - i, "eventLogText": "", "defaultRuleType": 0, "defaultRuleGroupId": 0, "usageCount": 2,
			"systemNotifier": true, "dateCreated": at(1, 6, 0), "createdBy": "System", "dateModified": at(1, 6, 0), "modifiedBy": "System", "clVersion": 1})
	}
}

func md5Of(b *story.Binary) string {
	if b == nil {
		return ""
	}
	return b.MD5
}
