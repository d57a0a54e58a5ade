# ruff: noqa: E501  lines as programs write them
"""Small exports with every hazard that people's lists have, made up; each with what is right about it."""

SALESFORCE = """\
"Opportunity ID","Opportunity Name","Opportunity Owner","Owner Role","Stage","Amount","Amount Currency","Age",\
"Close Date","Created Date","Closed","Won","Last Stage Change Date"
"006A1","Mill; new roof","I. Berg","Team A","Closed Won","12,400.00","USD","81","4/2/2023","1/11/2023","1","1","4/2/2023"
"006A2","Quay Ltd","I. Berg","Team A","Closed Lost","8,750.50","USD","30","3/15/2023","2/13/2023","1","0","3/15/2023"
"006A3","Rope GmbH","N. Falk","Team A","Negotiation/Review","64,000.00","CHF","20","7/31/2023","5/2/2023","0","0","5/9/2023"
"006A4","Test deal, delete","N. Falk","Team A","Closed Won","1.00","USD","0","2/6/2023","2/6/2023","1","1","2/6/2023"
"006A5","Sail SA","O. Hahn","Team B","Closed Lost","","USD","0","2/8/2023","2/8/2023","1","0","2/8/2023"
"006A6","Tar Co","O. Hahn","Team B","Closed Won","21,000.00","USD","-4","11/27/2022","12/1/2022","1","1","11/27/2022"
"006A6","Tar Co","O. Hahn","Team B","Closed Won","21,000.00","USD","-4","11/27/2022","12/1/2022","1","1","11/27/2022"
"006A7","Urn AB","Former User","Team B","Closed Lost","5,400.00","USD","98","5/4/2023","1/26/2023","1","0","5/4/2023"
"006A8","Vane plc","P. Juul","Team B","Proposal/Price Quote","44,000.00","USD","1,020","9/15/2020","7/14/2020","0","0",\
"8/3/2020"
"006A9","=1+CMD()","P. Juul","Team B","Closed Won","17,300.00","USD","58","4/28/2023","3/1/2023","1","1","4/28/2023"
Total,,,,,,,,,,,,
"""

PIPEDRIVE_DE = """\
\ufeffID;Titel;Besitzer;Phase;Status;Wert;Währung;Deal erstellt am;Gewonnen am;Verloren am;Verlustgrund
21;Kran;A. Groß;Angebot;Gewonnen;17.300,00;EUR;30.11.2022 08:10;02.02.2023 15:00;;
22;Tor 2;A. Groß;Qualifiziert;Verloren;8.750,50;EUR;30.11.2022 09:00;;15.01.2023 09:30;kein Budget
23;Dach;L. Übel;Angebot;Offen;64.000;EUR;06.02.2023 10:00;;;
24;Zaun;L. Übel;Erstkontakt;Verloren;;EUR;05.12.2022 10:00;;05.12.2022 10:07;Duplikat
25;Hof;L. Übel;Angebot;Gewonnen;2.105.000,00;EUR;07.03.2022 07:00;31.01.2023 12:00;;
"""

HUBSPOT = '''\
Record ID,Deal Name,Deal owner,HubSpot Team,Deal Stage,Amount,Currency,Create Date,Close Date,Is Closed Won,Is closed lost,\
"Date entered ""Appointment Scheduled (Sales Pipeline)""","Date entered ""Qualified To Buy (Sales Pipeline)""",\
"Date entered ""Contract Sent (Sales Pipeline)""","Date entered ""Closed Won (Sales Pipeline)""",\
"Date entered ""Closed Lost (Sales Pipeline)"""
501,Alder,B. Roy,West,Closed Won,17300,USD,2022-11-30 08:10,2023-02-02 15:00,true,false,2022-11-30 08:10,2022-12-20 09:00,\
2023-01-20 10:00,2023-02-02 15:00,
502,Birch,B. Roy,West,Closed Lost,8750,USD,2022-11-30 09:00,2023-01-15 09:30,false,true,2022-11-30 09:00,2022-12-12 10:00,\
,,2023-01-15 09:30
503,Cedar,Z. Lim,West,Contract Sent,64000,USD,2023-02-06 10:00,2023-05-31 00:00,false,false,2023-02-06 10:00,\
2023-02-27 10:00,2023-03-30 09:00,,
504,Elder,Z. Lim,West,Closed Lost,,USD,2022-12-05 10:00,2022-12-05 10:07,false,true,,,,,2022-12-05 10:07
505,Hazel,(No owner),,Closed Won,21000,USD,2023-02-20 10:00,2023-04-28 09:00,true,false,,2023-02-20 10:00,2023-04-03 10:00,\
2023-04-28 09:00,
'''

DYNAMICS = """\
(Do Not Modify) Opportunity,Topic,Owner,Status,Status Reason,Est. Revenue,Actual Revenue,Created On,Est. Close Date,\
Actual Close Date,Pipeline Phase,Currency
d-1,Pump,C. Dahl,Won,Won,"$9,000.00","$8,800.00",1/17/2023 9:00 AM,4/30/2023,4/12/2023 5:15 PM,Close,US Dollar
d-2,Valve,C. Dahl,Lost,Out-Sold,"$4,100.00",,1/17/2023 10:00 AM,3/31/2023,2/28/2023 1:00 PM,Develop,US Dollar
d-3,Pipe,K. Moe,Open,In Progress,"$12,500.00",,2/20/2023 2:30 PM,6/30/2023,,Propose,US Dollar
"""

ZOHO = """\
Record Id,Deal Name,Deal Owner,Stage,Amount,Closing Date,Created Time,Modified Time,Probability
zcrm_1,Lamp,F. Nua,Closed Won,3000,2023-03-20,2023-02-01 09:00:00,2023-03-20 10:00:00,100
zcrm_2,Desk,F. Nua,Closed Lost to Competition,2500,2023-03-02,2023-02-03 09:00:00,2023-03-02 10:00:00,0
zcrm_3,Sofa,G. Ola,Value Proposition,7000,2023-06-30,2023-03-01 09:00:00,2023-03-10 10:00:00,40
"""

PLAIN = """\
opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value,regional_office,manager
P1,Hal Ives,Basic,Oak,Won,2017-01-05,2017-03-01,1054,East,Dea Roe
P2,Hal Ives,Plus,Elm,Lost,2017-01-09,2017-02-11,0,East,Dea Roe
P3,Jo Kerr,Plus,Fir,Engaging,2017-02-14,,,West,Lou Zed
P4,Jo Kerr,Basic,Ash,Prospecting,,,,West,Lou Zed
"""

SNAPSHOTS = """\
snapshot date,deal id,rep,stage,value,created,close date
2023-01-31,S1,Ann,Discovery,500,2023-01-10,
2023-02-28,S1,Ann,Proposal,500,2023-01-10,
2023-03-31,S1,Ann,Closed Won,550,2023-01-10,2023-03-20
2023-02-28,S2,Ann,Discovery,900,2023-02-02,
2023-03-31,S2,Ann,Discovery,900,2023-02-02,
"""
