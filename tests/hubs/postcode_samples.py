"""Postcode directories as they are published, in little: the layouts are true, every row is made up."""

import csv
import io
import re
import zipfile

from hubs.postcode_areas import POSTCODE_AREAS
from hubs.postcode_text import area_of

NSPL_2021 = (
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa11,cty,ced,laua,ward,hlthau,nhser,ctry,rgn,"
    "pcon,eer,teclec,ttwa,pct,itl,park,lsoa11,msoa11,wz11,ccg,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,"
    "calncv,stp"
)
NSPL_CENSUS_2021 = (
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa21,cty,ced,laua,ward,nhser,ctry,rgn,pcon,ttwa,"
    "itl,park,lsoa21,msoa21,wz11,sicbl,bua22,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,icb"
)
NSPL_2025 = (
    "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty25cd,ced25cd,lad25cd,wd25cd,nhser24cd,"
    "ctry25cd,rgn25cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,wz11cd,sicbl24cd,bua24cd,ruc21ind,"
    "oac11ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd20ind,icb23cd"
)
NSPL_2026 = (
    "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty26cd,ced25cd,lad26cd,wd26cd,nhser24cd,"
    "ctry26cd,rgn26cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,wz11cd,sicbl26cd,bua24cd,ruc21ind,"
    "oac21ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd25ind,icb26cd"
)
ONSPD_2021 = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,nhser,"
    "ctry,rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,park,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,"
    "msoa11,wz11,ccg,bua11,buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,stp"
)
ONSPD_2024 = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,osgrdind,oshlthau,nhser,"
    "ctry,rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,npark,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,"
    "msoa11,wz11,sicbl,bua24,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,icb,oa21,lsoa21,msoa21"
)
ONSPD_2025 = (
    "pcd7,pcd8,pcds,dointr,doterm,cty25cd,ced25cd,lad25cd,wd25cd,parncp25cd,usrtypind,east1m,north1m,gridind,"
    "hlth19cd,nhser24cd,ctry25cd,rgn25cd,ssr95cd,pcon24cd,eer20cd,educ23cd,ttwa15cd,pco19cd,itl25cd,wdstl05cd,"
    "oa01cd,wdcas03cd,npark16cd,lsoa01cd,msoa01cd,ruc01ind,oac01ind,oa11cd,lsoa11cd,msoa11cd,wz11cd,sicbl24cd,"
    "bua24cd,ruc11ind,oac11ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd20ind,cal24cd,icb23cd,oa21cd,lsoa21cd,msoa21cd,"
    "ruc21ind"
)
LAYOUTS = {
    "NSPL_NOV_2021_UK_DT.csv": (NSPL_2021, 41, "November 2021"),
    "NSPL21_FEB_2023_UK_DT.csv": (NSPL_CENSUS_2021, 35, "February 2023"),
    "NSPL21_NOV_2025_UK_DT.csv": (NSPL_2025, 35, "November 2025"),
    "NSPL21_AUG_2026_UK_DT.csv": (NSPL_2026, 35, "August 2026"),
    "ONSPD_NOV_2021_UK_DT.csv": (ONSPD_2021, 50, "November 2021"),
    "ONSPD_FEB_2024_UK_DT.csv": (ONSPD_2024, 52, "February 2024"),
    "ONSPD_AUG_2025_UK_DT.csv": (ONSPD_2025, 53, "August 2025"),
    "ONSPD_AUG_2026_UK_DT.csv": (
        re.sub("(cty|lad|wd|ctry|rgn)25", r"\g<1>26", ONSPD_2025),
        53,
        "August 2026",
    ),
}
"""By the name it is published under: the columns, how many, and the release."""

DORSET = {
    "ctry": "E92000001",
    "cty": "E99999999",
    "lad": "E06000059",
    "ward": "E05012698",
    "lsoa": "E01032644",
    "parish": "E04012800",
    "grid": "1",
    "lat": "50.716733",
    "long": "-2.440598",
    "doterm": "",
}
NOWHERE = {"lat": "99.999999", "long": "0.000000", "grid": "9"}
BARE = {"lat", "long"}
"""Columns that ONS writes without quotation marks."""

FACTS = {
    "pcds": "pcds",
    "doterm": "doterm",
    "lat": "lat",
    "long": "long",
    "ctry": r"ctry(\d\dcd)?",
    "cty": r"cty(\d\dcd)?|oscty",
    "lad": r"lad\d\dcd|laua|oslaua",
    "ward": r"wd\d\dcd|ward|osward",
    "grid": "gridind|osgrdind",
    "parish": r"parish|parncp\d\dcd",
    "lsoa": "lsoa21(cd)?",
}


def _fact(name, header):
    """Return which fact a column of a layout holds, or None."""
    if "lsoa21" not in header and name == "lsoa11":
        return "lsoa"
    return next((fact for fact, pattern in FACTS.items() if re.fullmatch(pattern, name)), None)


def _place(code):
    """Return a position that its area may have."""
    area = POSTCODE_AREAS.get(area_of(code))
    if area is None or area_of(code) == "DT":
        return {}
    return {"lat": f"{area.point.latitude:.6f}", "long": f"{area.point.longitude:.6f}"}


def ons(header, rows, *, bom="\ufeff", ending="\r\n", quoted=True):
    """Return the bytes of a directory: `rows` maps postcodes to what differs from an ordinary one of Dorchester."""
    text = io.StringIO()
    text.write(bom + header + ending)
    for code, differing in rows.items():
        facts = {**DORSET, **_place(code), "pcds": code, **differing}
        cells = []
        for name in header.split(","):
            value = facts.get(_fact(name, header) or "", "X")
            cells.append(f'"{value}"' if quoted and name not in BARE else value)
        text.write(",".join(cells) + ending)
    return text.getvalue().encode()


CODE_POINT = ["PC", "PQ", "EA", "NO", "CY", "RH", "LH", "CC", "DC", "WC"]
LONG_NAMES = (
    "Postcode,Positional_quality_indicator,Eastings,Northings,Country_code,NHS_regional_HA_code,NHS_HA_code,"
    "Admin_county_code,Admin_district_code,Admin_ward_code"
)
IN_CODE_POINT = {
    "PQ": "10",
    "EA": "369000",
    "NO": "90900",
    "CY": "E92000001",
    "RH": "E19000002",
    "LH": "E18000010",
    "CC": "",
    "DC": "E06000059",
    "WC": "E05012698",
}


def code_point(rows, *, columns=CODE_POINT):
    """Return the bytes of one area's file: `rows` maps postcodes to what differs from one in Dorchester."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for code, differing in rows.items():
        facts = {**IN_CODE_POINT, **differing, "PC": code}
        writer.writerow([facts[name] for name in columns])
    return text.getvalue().encode()


def code_point_archive(path, areas, *, columns=CODE_POINT, counts=None):
    """Write the zip: `areas` maps file names like "dt" to rows; `counts` is what the publisher says there are."""
    counts = counts or {name.upper(): len(rows) for name, rows in areas.items()}
    said = "".join(f"      {area:>2}  {count:>9}\r\n" for area, count in counts.items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in areas.items():
            archive.writestr(f"Data/CSV/{name}.csv", code_point(rows, columns=columns))
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", f"{','.join(columns)}\r\n{LONG_NAMES}\r\n")
        archive.writestr(
            "Doc/metadata.txt",
            "ORDNANCE SURVEY\r\nPRODUCT: OS CODE-POINT_03.02\r\nDATASET VERSION NUMBER: 2026.2.0\r\n"
            f"COPYRIGHT DATE: 20260420\r\nRM UPDATE DATE: 20260417\r\n{said}",
        )
        archive.writestr("Doc/licence.txt", "© Crown copyright".encode("latin-1"))
    return path
